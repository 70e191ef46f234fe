"""Rate limits, admission, proof of work and passkeys."""
