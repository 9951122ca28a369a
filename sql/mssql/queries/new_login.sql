-- Makes a login that is not there: 1, or 0 where there was one. A login opens
-- nothing by itself, so it needs no lock; but it must be committed.
SET NOCOUNT ON;
SET IMPLICIT_TRANSACTIONS OFF;
IF @@TRANCOUNT <> 0
BEGIN
    THROW 50003, N'a transaction is open on this connection', 1;
END;
IF SUSER_ID(@login) IS NOT NULL
    SELECT CAST(0 AS bit);
ELSE
BEGIN
    DECLARE @statement nvarchar(max) = N'CREATE LOGIN ' + QUOTENAME(@login) + N' WITH PASSWORD = N' + QUOTENAME(@password, '''') + @must_change
        + N', SID = ' + CONVERT(nvarchar(34), @sid, 1) + N', CHECK_POLICY = ' + @policy + N', CHECK_EXPIRATION = ' + @expiration;
    EXEC (@statement);
    SELECT CAST(1 AS bit);
END;
