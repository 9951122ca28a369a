-- One login: whether it was made, 0 where there was one; the error; its SID.
-- What has the name and is no login that anybody enters by is error 15025.
IF SUSER_ID(@login) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sys.server_principals AS p WHERE p.principal_id = SUSER_ID(@login) AND p.type IN ('R', 'C', 'K'))
    SELECT CAST(0 AS bit), 0, N'', CAST(NULL AS varbinary(85));
ELSE
BEGIN
    BEGIN TRY
        SET @statement = $(statement);
        EXEC (@statement);
        SELECT CAST(1 AS bit), 0, N'', SUSER_SID(@login);
    END TRY
    BEGIN CATCH
        SELECT CAST(0 AS bit), ERROR_NUMBER(), ERROR_MESSAGE(), CAST(NULL AS varbinary(85));
    END CATCH;
END;
