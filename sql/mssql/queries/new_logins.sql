-- Makes logins that are not there, each by what follows (new_login.sql). A login
-- opens nothing by itself, so this needs no lock; but it must be committed.
SET NOCOUNT ON;
SET IMPLICIT_TRANSACTIONS OFF;
IF @@TRANCOUNT <> 0
BEGIN
    THROW 50003, N'a transaction is open on this connection', 1;
END;
DECLARE @statement nvarchar(max);
