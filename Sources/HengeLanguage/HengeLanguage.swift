// What lives here: what the language is made of.
