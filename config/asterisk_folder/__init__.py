"""A real Asterisk to demonstrate and test with: found or made (find), configured (conf), and run (instance)."""
