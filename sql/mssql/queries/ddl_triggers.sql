-- The DDL triggers that are on and fire on what an apply sends: of the database and of
-- the server. A policy of the server that prevents changes is a trigger there.
SELECT 0, t.name, e.type_desc
FROM sys.triggers AS t
JOIN sys.trigger_events AS e ON e.object_id = t.object_id
WHERE t.parent_class = 0 AND t.is_disabled = 0
UNION ALL
SELECT 1, t.name, e.type_desc
FROM sys.server_triggers AS t
JOIN sys.server_trigger_events AS e ON e.object_id = t.object_id
WHERE t.is_disabled = 0;
