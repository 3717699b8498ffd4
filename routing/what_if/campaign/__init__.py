"""What ``helin simulate campaign`` plays: worlds that are invented, shifts in them, and ways to pace a dialer."""
