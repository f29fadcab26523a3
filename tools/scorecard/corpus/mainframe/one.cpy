       01  ONE.
           05  COM-NUMBER     PIC 9(4).
           05  COM-AMOUNT     PIC S9(3)V99 COMP-3.
           05  COM-CODE       PIC 9(2) COMP.
