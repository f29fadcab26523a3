       01  CLAIM.
           05  CLAIM-NO        PIC 9(6).
           05  CLAIMANT        PIC X(20).
           05  PAID            PIC S9(7)V99 COMP-3.
           05  RESERVE         PIC S9(5)V99.
           05  ADJUSTER        PIC S9(4) COMP.
           05  REPORTED        PIC 9(8).
           05  REPORTED-R REDEFINES REPORTED.
               10  REP-YEAR    PIC 9(4).
               10  REP-MONTH   PIC 9(2).
               10  REP-DAY     PIC 9(2).
           05  VISIT           OCCURS 2 TIMES.
               10  VISIT-CODE  PIC X(2).
               10  VISIT-COST  PIC S9(3) COMP-3.
           05  FILLER          PIC X(3).
