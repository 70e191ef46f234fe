"""Conversations in the database: turns, form sheets, Telegram chats, retention."""
