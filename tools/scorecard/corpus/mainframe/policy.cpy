       01  POLICY.
           05  POLICY-NO       PIC 9(5).
           05  RIDERS          PIC 9(1).
           05  RIDER           OCCURS 0 TO 4 TIMES
                               DEPENDING ON RIDERS.
               10  RIDER-CODE  PIC X(3).
               10  RIDER-SUM   PIC S9(5) COMP-3.
           05  CLOSED          PIC X(1).
