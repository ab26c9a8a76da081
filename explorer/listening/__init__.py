"""The listening test: questions about which moment is most like another, and what people answer."""
