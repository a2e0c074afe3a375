"""The practice cloud: moto made fit for concurrent work, and what AWS would do around it."""
