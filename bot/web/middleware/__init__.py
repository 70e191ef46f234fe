"""What every request passes: connections, source address, guard, fair queue."""
