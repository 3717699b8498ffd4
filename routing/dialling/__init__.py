"""What the dialer reckons with: who answers, how long it lasts, how likely nobody is free, what may be spent."""
