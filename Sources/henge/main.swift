print("henge")
