"""The forum group as the operators' desk: topics, fixed topics, the queue in General."""
