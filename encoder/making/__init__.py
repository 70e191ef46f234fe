"""What makes the encoder and prepares the learning of models: offline, and imported by nothing in `runtime`."""
