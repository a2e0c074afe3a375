"""Pinto: one master catalogue per community, in step with every marketplace."""
