package tds

// VariantValue is a sql_variant that is not NULL: a value and the type it carries
// with it. MAX types, text, ntext, image and sql_variant itself cannot be inside.
type VariantValue struct {
	Type  TypeInfo
	Value any
}
