// Package mssql is the questionnaire that grantree puts to a SQL Server, and
// the pen with which it writes there. It connects (Open), reads a site in one
// round trip (Snapshot), renders a change as T-SQL (Render, Script), applies a
// plan in three round trips, verified before it commits (Apply), and asks the
// server itself what people may do (Probe).
//
// Whether anything is wrong with what the server says is for package grants to
// decide. Every statement is valid on SQL Server 2016 to 2025; the query files
// stand beside this one. "Reference B.7" is a section of docs/reference.md: the
// facts of the engine, with their sources.
package mssql
