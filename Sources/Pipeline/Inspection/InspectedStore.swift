/// What inspections need of a store.
package typealias InspectedStore = Directory & UpdateCatalog & MembershipCatalog & DialogCatalog
  & UpdateCensus & EventCatalog
  & FollowedStore
