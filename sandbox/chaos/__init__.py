"""Storms: the whole engine on one virtual clock, everything going wrong that can, and what must hold afterwards."""
