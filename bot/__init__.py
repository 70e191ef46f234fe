"""Inloop: a house you can walk in to, in a chat window.

The vocabulary. Every module, table, test and page uses these words, in this sense:

* **person**: whoever writes to us; perhaps a victim, perhaps a bystander. Never "user" or "client".
* **conversation**: everything one person wrote and was told, behind one token and one return code.
* **turn**: one accepted message or choice of the person and what is said in answer, in the order of
  `conversation/service.py`.
* **danger**: what `understanding.danger` says of a message: an urgency, signals, and why.
* **handoff**: the passage of a conversation from the bot to a caseworker and back; states in `domain/handoff.py`.
* **case**: a conversation in the caseworkers' queue; it has a number, an urgency and at most one owner.
* **ladder**: whom a case that waits in danger calls, rung by rung, until somebody has it; a **page** is one call.
* **desk**: where caseworkers work; `desk/service.py` is everything they may do.
* **engine**: Rasa and its action server, another process in another Python; decides what to say, never how.
* **envelope**: a sealed text, readable with the conversation's private key alone.

The rooms; a room imports from the shelves below its own, never from those above::

    bootstrap.py  puts everything together; imported by cli alone
    doors         cli/ web/ telegram/
    services      conversation/ desk/ oncall/ operations/
    capabilities  content/ understanding/ translation/ dialogue/ storage/    never one another
    ground        settings/ security/ runtime/ text/ domain/    domain imports nothing
    workshop      training/ evaluation/    offline; imported by cli alone
    actions/, engine/{server,nlu,training}/, encoder/{runtime,making}/    import nothing from bot/
"""
