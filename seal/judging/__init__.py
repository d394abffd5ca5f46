"""The judgement of one signature, question by question: pure decisions over values and an instant."""
