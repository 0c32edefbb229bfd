"""Drives `dmls peer` and the peer programs around other implementations through common scenarios."""
