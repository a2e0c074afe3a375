"""What every practice marketplace shares: shops, stock, faults, pushes, the control surface and a shop front."""
