"""Use cases over ports: publish, take orders, balance, import."""
