# Makes the cast, a group, three projects and the keys in an empty Redmine, by its own models; prints the keys.
Setting.rest_api_enabled = '1'
Setting.issue_group_assignment = '1'

def user(login, **fields)
  User.create!(
    login: login, firstname: login.capitalize, lastname: 'Example', mail: "#{login}@example.org",
    password: 'testpassword1', **fields
  )
end

people = %w[celina dawid ewa carol milepost].to_h { |login| [login, user(login)] }
people['root'] = user('root', admin: true)
people['celina'].pref.update!(hide_mail: false)
# Redmine shows moments in the zone of whoever asks: neither that nor the order of notes may reach the interface.
people['milepost'].pref.update!(time_zone: 'America/New_York', others: { comments_sorting: 'desc' })

developer = Role.find_by!(name: 'Developer')
works = %i[delete_issues set_notes_private view_private_notes view_members]
agent = Role.create!(name: 'Agent', permissions: developer.permissions + works, issues_visibility: 'all')
agent.copy_workflow_rules(Role.find_by!(name: 'Manager'))
reader = Role.create!(name: 'Reader', assignable: false, permissions: %i[view_issues view_members], issues_visibility: 'all')
reporter = Role.find_by!(name: 'Reporter')

group = Group.create!(lastname: 'Frontline')
group.users << people.values_at('celina', 'dawid')
attic = nil
%w[Support Billing Attic].each do |name|
  attic = Project.create!(name: name, identifier: name.downcase, is_public: false, trackers: Tracker.all)
  attic.enabled_module_names = ['issue_tracking']
  Member.create!(principal: group, project: attic, roles: [agent])
  Member.create!(principal: people['carol'], project: attic, roles: [reporter])
  Member.create!(principal: people['milepost'], project: attic, roles: [reader]) unless name == 'Attic'
end
Member.create!(principal: people['ewa'], project: Project.find('support'), roles: [agent])
# Mails are logged to the same output from other threads, at times within a line.
people.each { |login, one| $stdout.write("\nKEY #{login} #{one.api_key}\n") }
