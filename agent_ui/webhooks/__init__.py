"""Other programs are told what happens: signed, in order, again until they have it."""
