"""Text without knowledge of the product: normalising, scripts, sentences, questions, denials."""
