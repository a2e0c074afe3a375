"""Marketplace connectors; they work without AWS."""
