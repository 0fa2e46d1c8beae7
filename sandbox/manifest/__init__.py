"""Text to syntax tree: lexer, parser, and the other formats that give the same tree."""
