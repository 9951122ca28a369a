// Package docs holds the pages that the program itself quotes, so that what an
// editor shows of a key is what the page says of it.
package docs

import _ "embed" // the pages

// Policy is the page of the language of policies and catalogs.
//
//go:embed policy.md
var Policy string
