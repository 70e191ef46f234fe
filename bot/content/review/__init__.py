"""Who has read which text, against what: the records, what they still say today, and the way out and back in.

record   somebody read one text of one language on a day: name, date, and fingerprints of what was read
original the Dutch text, which the other languages are compared with
export   a PO file for a translator's tool and a page to print
import   the PO file comes back: texts into their YAML files, records into `review.yml`, or nothing at all
"""
