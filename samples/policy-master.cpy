      ******************************************************************
      *  POLICY MASTER - ONE RECORD A POLICY, FIXED LENGTH 260 BYTES
      *  EBCDIC CODE PAGE 037
      ******************************************************************
       01  POLICY-MASTER-RECORD.
           05  POLICY-KEY.
               10  POLICY-NUMBER         PIC X(10).
               10  PRODUCT-CODE          PIC X(03).
                   88  PRODUCT-AUTO      VALUE 'AUT'.
                   88  PRODUCT-HOME      VALUE 'HOM'.
                   88  PRODUCT-LIFE      VALUE 'LIF'.
           05  POLICY-STATUS             PIC X(01).
               88  STATUS-ACTIVE         VALUE 'A'.
               88  STATUS-LAPSED         VALUE 'L'.
               88  STATUS-CANCELLED      VALUE 'C'.
           05  HOLDER.
               10  HOLDER-NAME.
                   15  LAST-NAME         PIC X(20).
                   15  FIRST-NAME        PIC X(15).
               10  BIRTH-DATE            PIC X(10).
               10  ADDRESS-LINE OCCURS 2 TIMES
                                         PIC X(25).
               10  POSTAL-CODE           PIC X(05).
           05  EFFECTIVE-DATE            PIC X(10).
           05  EXPIRY-DATE               PIC X(10).
           05  ANNUAL-PREMIUM            PIC S9(7)V99 COMP-3.
           05  SUM-INSURED               PIC S9(9)V99 COMP-3.
           05  ACCOUNT-BALANCE           PIC S9(7)V99.
           05  CLAIM-COUNT               PIC S9(4)    COMP.
           05  AGENT-ID                  PIC 9(8)     COMP.
           05  COVERAGE-COUNT            PIC 9(02).
           05  COVERAGE OCCURS 4 TIMES.
               10  COVERAGE-CODE         PIC X(04).
               10  COVERAGE-LIMIT        PIC S9(7)V99 COMP-3.
               10  DEDUCTIBLE            PIC S9(5)    COMP-3.
           05  RISK-DETAIL               PIC X(24).
           05  AUTO-RISK REDEFINES RISK-DETAIL.
               10  VEHICLE-ID            PIC X(17).
               10  MODEL-YEAR            PIC 9(04).
               10  FILLER                PIC X(03).
           05  HOME-RISK REDEFINES RISK-DETAIL.
               10  CONSTRUCTION          PIC X(17).
               10  YEAR-BUILT            PIC 9(04).
               10  STOREYS               PIC X(03).
           05  LIFE-RISK REDEFINES RISK-DETAIL.
               10  BENEFICIARY           PIC X(17).
               10  BENEFICIARY-BORN      PIC 9(04).
               10  SMOKER                PIC X(03).
           05  FILLER                    PIC X(26).
