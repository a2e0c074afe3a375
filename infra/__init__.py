"""What Pinto owns in the cloud, described once, and how it is packed for it."""
