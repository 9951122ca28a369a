-- One login: its name and whether it is disabled before, no name where it is gone;
-- whether the change was sent; the error; the same two after.
SELECT @name = NULL, @disabled = NULL, @sent = 0, @number = 0, @message = N'';
SELECT @name = l.name, @disabled = l.is_disabled FROM sys.server_principals AS l WHERE l.sid = @sid;
IF @name = @login COLLATE Latin1_General_BIN2$(unless)
BEGIN
    SET @sent = 1;
    BEGIN TRY
        EXEC ($(statement));
    END TRY
    BEGIN CATCH
        SELECT @number = ERROR_NUMBER(), @message = ERROR_MESSAGE();
    END CATCH;
END;
SELECT @name, @disabled, @sent, @number, @message, (SELECT l.name FROM sys.server_principals AS l WHERE l.sid = @sid), (SELECT l.is_disabled FROM sys.server_principals AS l WHERE l.sid = @sid);
