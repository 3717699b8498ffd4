"""What Helin decides: pure code over frozen values. Standard library only; no clock, no loop, no input or output."""
