"""One page model, laid out from data and written as a document. Pure."""
