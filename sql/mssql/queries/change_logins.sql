-- Changes logins, each by what follows (change_login.sql): the connection holds the
-- lock of the server's logins.
SET NOCOUNT ON;
DECLARE @name nvarchar(128), @disabled bit, @sent bit, @number int, @message nvarchar(4000);
