"""Mailboxes: mails become written requests, and agents' answers go out as mails."""
