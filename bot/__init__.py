"""Inloop: a house you can walk in to, in a chat window.

The vocabulary. Every module, table, test and page uses these words, in this sense:

* **person**: whoever writes to us; perhaps a victim, perhaps a bystander. Never "user" or "client".
* **conversation**: everything one person wrote and was told, behind one token and one return code.
* **turn**: one accepted message or choice of the person and what is said in answer, in the order of `service.py`.
* **danger**: what `danger.assess` says of a message: an urgency, signals, and why.
* **handoff**: the passage of a conversation from the bot to a caseworker and back; states in `core/handoff.py`.
* **case**: a conversation in the caseworkers' queue; it has a number, an urgency and at most one owner.
* **ladder**: whom a case that waits in danger calls, rung by rung, until somebody has it; a **page** is one call.
* **desk**: where caseworkers work; `desk.py` is everything they may do.
* **engine**: Rasa and its action server, another process in another Python; decides what to say, never how.
* **envelope**: a sealed text, readable with the conversation's private key alone.

The import arrows (kept by `tests/test_architecture.py`)::

    core      <- everything
    service, desk  <- channels, web, cli
    dialogue, translation, storage, live, oncall, danger, language, content   never import one another,
                                                                    nor service, nor desk, nor web
    app       imports all of them, and is imported by cli alone
    actions/, engine/, encoder/   import nothing from bot/
"""
