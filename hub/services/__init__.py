"""One function per use case; they meet the outside through `hub.services.ports`."""
