       01  HOUSEHOLD.
           05  SEGMENT-ID      PIC X(1).
           05  HOME.
               10  STREET      PIC X(12).
           05  PERSON REDEFINES HOME.
               10  FIRST-NAME  PIC X(8).
               10  AGE         PIC 9(3).
