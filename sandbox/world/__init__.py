"""The whole practice world on one machine: cloud, marketplaces, site, pump, buyers, and a summary of the day."""
