// What lives here: to come.
