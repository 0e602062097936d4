"""The relays between the database and the world: the inbox to the workflows, the outbox to the mail server."""
