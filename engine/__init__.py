"""The dialogue engine: Rasa 3.6 behind one small channel on loopback.

It decides *what* to say (a key, values, choices, requests) and never holds words, secrets of people, or a
database. A message is understood when it arrives and its text is dropped before it could enter the
conversation's tracker.

``server`` is its processes, ``nlu`` the components of Rasa's pipeline, ``training`` what learns the model, offline.
"""
