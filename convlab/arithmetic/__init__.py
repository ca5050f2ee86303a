"""Sizes, windows, receptive fields, costs, operators and named kernels: integers and numpy alone."""
