/// What inspections need of a store.
package typealias InspectedStore = Directory & UpdateCatalog & UpdateLookUp & MembershipCatalog
  & DialogCatalog
  & UpdateCensus & EventCatalog & FollowedStore
