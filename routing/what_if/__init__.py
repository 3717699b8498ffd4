"""Days that did not happen: the routing code of the service, run on recorded or invented arrivals. Pure."""
