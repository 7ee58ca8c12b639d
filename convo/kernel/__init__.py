"""What every room may lean on: pure values and functions, standard library only."""
