-- Roles in roles, and names that nobody would write.
CREATE LOGIN ann WITH PASSWORD = 'x';
CREATE LOGIN [o'brien] WITH PASSWORD = 'x';
CREATE LOGIN [Ünal "Ü" [x]]] WITH PASSWORD = 'x';
CREATE USER ann FOR LOGIN ann;
CREATE USER [o'brien] FOR LOGIN [o'brien];
CREATE USER [Ünal "Ü" [x]]] FOR LOGIN [Ünal "Ü" [x]]];
CREATE USER robot WITHOUT LOGIN;
GO
CREATE ROLE [Lager & Werkstatt];
CREATE ROLE [it's "the" crew];
CREATE ROLE [ spaced];
CREATE ROLE outer_role;
CREATE ROLE inner_role;
CREATE ROLE robots;
GO
ALTER ROLE outer_role ADD MEMBER inner_role;
ALTER ROLE inner_role ADD MEMBER ann;
ALTER ROLE [Lager & Werkstatt] ADD MEMBER [o'brien];
ALTER ROLE [it's "the" crew] ADD MEMBER [Ünal "Ü" [x]]];
ALTER ROLE [ spaced] ADD MEMBER ann;
ALTER ROLE robots ADD MEMBER robot;
ALTER ROLE db_datareader ADD MEMBER inner_role;
GO
GRANT SELECT, INSERT ON dbo.imvw_part TO [Lager & Werkstatt];
GRANT SELECT ON dbo.imvw_asset TO [Lager & Werkstatt];
GRANT SELECT ON dbo.imvw_work_order TO [it's "the" crew];
DENY DELETE ON dbo.imvw_work_order TO [it's "the" crew];
GRANT SELECT ON dbo.imvw_site TO [ spaced];
GRANT SELECT ON dbo.imvw_shift TO outer_role;
GRANT UPDATE ON dbo.imvw_shift TO inner_role;
GRANT SELECT ON dbo.imvw_contact TO robots;
GRANT IMPERSONATE ON USER::robot TO ann;
GO
CREATE SCHEMA reports AUTHORIZATION ann;
GO
ALTER AUTHORIZATION ON OBJECT::dbo.imvw_reason TO ann;
GRANT SELECT ON dbo.imvw_reason TO [Lager & Werkstatt];
